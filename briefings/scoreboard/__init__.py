"""Measures the verifier on sentences made from real articles: faithful rewordings, and each with a defect."""

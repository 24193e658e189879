"""Follow-up questions about a brief, answered from its story's passages only."""

"""Push notifications: the edition's second channel, to each browser and app that its reader has turned it on in."""

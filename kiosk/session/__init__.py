"""One kiosk at work: the effects of the flow carried out, the surroundings watched, the server told."""

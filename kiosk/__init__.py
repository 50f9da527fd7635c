"""The touchscreen kiosk: camera, decoding, visit flow, ticket, printer, screens."""

"""The trail (操作記録) after its entries are written: sealed in a chain of blocks, checked, searched and archived (adr/0030)."""

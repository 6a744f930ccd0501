"""Where connections come in: as many as there are files for, none for ever, and what proxies say of them."""

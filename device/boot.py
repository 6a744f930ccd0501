# Nothing happens here: main.py starts Judder, and a safe boot (REPL) needs a boot.py that does not.

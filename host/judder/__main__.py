"""`python -m judder` is `judder`."""

from judder.cli import main

if __name__ == "__main__":
    main()

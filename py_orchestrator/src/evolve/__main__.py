"""`python -m evolve`: the command line, where the script `evolve` is not on the PATH."""

from evolve.cli.main import main

if __name__ == "__main__":
    main()

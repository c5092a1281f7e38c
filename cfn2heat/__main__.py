"""python -m cfn2heat."""

from cfn2heat.cli.start import run

if __name__ == "__main__":
    run()

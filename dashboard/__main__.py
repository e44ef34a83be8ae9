"""The product: ``python -m dashboard`` starts it, ``python -m dashboard link`` prints one more way in."""

import argparse
import sys

from dashboard.startup.launch import print_link, start


def main() -> int:
    """Do what the command line asks; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m dashboard", description="Le tableau de bord de la marketplace.")
    commands = parser.add_subparsers(dest="command", metavar="COMMANDE")
    commands.add_parser("link", help="afficher un nouveau lien d’accès administrateur, à usage unique")
    return print_link() if parser.parse_args().command == "link" else start()


if __name__ == "__main__":
    sys.exit(main())

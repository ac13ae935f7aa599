"""`python -m deploy_ui` is `deploy-ui`."""

from deploy_ui.cli import main

if __name__ == "__main__":
    main()

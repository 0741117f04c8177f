"""python -m aigc_demo.training CHECKPOINT: see command.py."""

from aigc_demo.training.command import main

if __name__ == "__main__":
    main()

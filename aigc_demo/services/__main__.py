"""`python -m aigc_demo.services` makes the first results again, see first_results.py."""

from aigc_demo.services.first_results import main

main()

"""A made-up company to try Cabang with: nobody in it is real."""

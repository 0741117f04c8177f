"""Programs that the page hands out: each makes one result and saves it. The page replaces the line of the request."""

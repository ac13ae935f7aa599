"""Test requests from the console: sent through the gateway to one deployment, said as cURL, kept to be sent again."""

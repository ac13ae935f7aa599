"""Files that make a Prometheus scrape us and judge what it scraped, and a Grafana show it."""

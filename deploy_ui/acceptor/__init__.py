"""The acceptor: takes asynchronous calls from the gateway and gives their answers out."""

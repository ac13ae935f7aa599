"""What tabs show and do. Every method without an underscore can be called by anybody who opens a socket."""

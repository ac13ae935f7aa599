"""READMEs of deployments and of images: texts and their versions, pictures, the link that strangers may read."""

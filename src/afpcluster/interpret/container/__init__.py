"""Object containers: PDF, TIFF, PNG, JPEG and other files carried inside AFP."""

"""The demo cluster: written profiles of a plainly fictional hub, and the commands that show them."""

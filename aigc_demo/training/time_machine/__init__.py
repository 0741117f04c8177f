"""What a training looked like on its way: pictures and texts made at moments of it, beside the curve of the loss."""

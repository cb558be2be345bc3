"""The deal desk of a fund: lists, stages, deals, and what is watched for. All of it is the fund's own business."""

"""What-if: scenarios are kept, run on a copy of what the engine sees, compared, and single interventions ranked."""

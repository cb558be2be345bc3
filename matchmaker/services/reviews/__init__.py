"""The look that officers take at offers and needs: policy, rubric, queue, verdicts."""

"""Service institutions paired with parks (结对): what speaks for each pair, the plan, and what was agreed."""

"""The chain map (产业链图谱): the state of every node with its evidence, what is asked, who could help, changes."""

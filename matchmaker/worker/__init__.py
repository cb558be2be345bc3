"""The process that carries out jobs: what it takes over, how it stays alive, and which function does which kind."""

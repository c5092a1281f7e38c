"""The target language: Heat Orchestration Templates."""

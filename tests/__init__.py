"""Tests of cfn2heat."""

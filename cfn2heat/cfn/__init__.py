"""The source language: reading CloudFormation templates."""

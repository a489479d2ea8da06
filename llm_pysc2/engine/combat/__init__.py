"""Fights: targets, weapons, hits, damage, healing, regeneration, hangars."""

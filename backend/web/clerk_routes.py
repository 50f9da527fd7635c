"""Routes of the clerk pages."""

from fastapi import APIRouter

router = APIRouter()

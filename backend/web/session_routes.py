"""Routes of the session pages."""

from fastapi import APIRouter

router = APIRouter()

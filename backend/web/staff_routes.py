"""Routes of the staff pages."""

from fastapi import APIRouter

router = APIRouter()

"""The questionnaire and its rounds as frozen objects, and every fault in them."""

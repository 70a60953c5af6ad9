"""The phone line: Twilio's media protocol, turn taking, hearing, a voice, and callers that try it out."""

"""OpenID Shared Signals over HTTP: receiver and transmitter on the decision point's own server.

GET  /.well-known/ssf-configuration        what we are as a transmitter
…    /ssf/v1/streams, status, subjects, verification    management, by access token
POST /ssf/v1/poll/<stream>                 what waits for a receiver (RFC 8936)
POST /ssf/v1/events/<feed>                 what a transmitter pushes to us (RFC 8935)
"""

"""The addresses of an instance whose operator named an OpenID Connect provider."""

from config.urls import urlpatterns as usual
from users import social

handler500 = "config.outage.handler500"
urlpatterns = [*usual, *social.urls({"openid_connect": {}})]

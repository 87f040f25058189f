# What clients have registered and been given; mount something that stays.
ENV OAUTH_FOLDER=/data
RUN mkdir /data && chown node:node /data
VOLUME /data

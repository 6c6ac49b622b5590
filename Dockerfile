FROM node:20.20.2-bookworm-slim AS build
WORKDIR /app
# What building the client of Kafka needs; it links Debian's librdkafka.
RUN apt-get update && apt-get install -y --no-install-recommends g++ make python3 librdkafka-dev
COPY package.json package-lock.json .npmrc build-kafka.mjs ./
RUN npm ci && npm run build:kafka
COPY . .
RUN npm run build

FROM node:20.20.2-bookworm-slim
# Young objects get more room: a seventh less processor time a message (docs/performance.md).
ENV NODE_ENV=production NODE_OPTIONS=--max-semi-space-size=32 LASTGASP__DATA__DIR=/data
WORKDIR /app
RUN apt-get update && apt-get install -y --no-install-recommends librdkafka++1 && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev
COPY --from=build /app/node_modules/node-rdkafka/build/Release/node-librdkafka.node node_modules/node-rdkafka/build/Release/
COPY --from=build /app/dist dist
COPY config config
COPY simulators/scenarios simulators/scenarios
RUN mkdir /data /grid && chown node /data /grid
USER node
VOLUME /data
EXPOSE 8080 1883
ENTRYPOINT ["node", "dist/main.js"]
CMD ["serve"]

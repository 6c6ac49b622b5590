FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build

FROM node:20-bookworm-slim
# Young objects get more room: a seventh less processor time a message (docs/performance.md).
ENV NODE_ENV=production NODE_OPTIONS=--max-semi-space-size=32
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev
COPY --from=build /app/dist dist
COPY config config
COPY simulators/scenarios simulators/scenarios
RUN mkdir /data && chown node /data
USER node
VOLUME /data
EXPOSE 8080 1883
ENTRYPOINT ["node", "dist/main.js"]
CMD ["serve"]

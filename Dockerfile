FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build

FROM node:20-bookworm-slim
ENV NODE_ENV=production
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

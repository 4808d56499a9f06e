import { index, route } from "@react-router/dev/routes";
export default [
  index("routes/home.tsx"),
  route("shop/:id", "routes/shop.tsx"),
  route("shop/:id/parts/:part", "routes/part.tsx"),
  route("shop/:id/failing", "routes/failing.tsx"),
];

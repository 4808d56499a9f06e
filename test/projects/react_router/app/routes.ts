import { index, route } from "@react-router/dev/routes";
export default [index("routes/home.tsx"), route("shop/:id", "routes/shop.tsx")];

import { createRoot } from "react-dom/client";

function App() {
  return <h1 id="ready">made by vite</h1>;
}

createRoot(document.getElementById("root")).render(<App />);

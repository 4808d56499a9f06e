import "./page.css";
import { render } from "preact";

render(<p>profsrv</p>, document.getElementById("page")!);

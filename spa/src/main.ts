import "./app/shell";
import { begin } from "./app/begin";

void begin();

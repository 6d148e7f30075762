import "../../static/css/site.css";
import "./public/keep.js";
import "./public/work.js";
import "./public/once.js";
import "./public/proof.js";

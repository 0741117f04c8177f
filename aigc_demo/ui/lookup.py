"""A quicker way for Gradio's page to find a component by its id.

Its script walks the whole tree, through Svelte's watched objects, once per event of the page and once more for every
change. With 1,800 components and 700 events that is most of the time before the first button works. Here the same
function remembers the way to each id, goes it, and walks the tree only where that way does not lead to the id asked
for. A release of Gradio whose function reads otherwise is served as it is.
"""

import re

SLOW = re.compile(
    rb"function (\w+)\((\w+),(\w+)\)\{if\(\2\.id===\3\)return \2;if\(\2\.children\)for\(let (\w+) of \2\.children\)"
    rb"\{let \2=\1\(\4,\3\);if\(\2\)return \2\}return null\}"
)
QUICK = rb"""function \1(root,id){
const ways=\1.ways??=new Map;
let node=root;
for(const place of ways.get(id)??[-1])node=node?.children?.[place];
if(node?.id===id)return node;
const walk=(node,way)=>{
ways.set(node.id,way);
let found=node.id===id?node:null;
node.children?.forEach((child,place)=>{found=walk(child,[...way,place])??found});
return found};
return walk(root,[])}"""


def quicker(path: str, script: bytes) -> bytes:
    """The script under `path` of Gradio's page, with the quick way in where the slow one was."""
    return SLOW.sub(QUICK, script) if path.startswith("/assets/core-") else script

"""Quicker ways for Gradio's page to find components by id, and the events of a component.

For every event of the page Gradio's script walks the whole tree of components, through Svelte's watched objects, and
for every component it goes through all events. With 1,800 components and 700 events that is most of the time before
the first button works. Here the same two functions remember: the way to each id, which is checked before it is
believed; ids that are nowhere, until the browser is done with what it is doing; and the events by component. A release
of Gradio whose functions read otherwise is served as it is.
"""

import re

FIND = re.compile(
    rb"function (\w+)\((\w+),(\w+)\)\{if\(\2\.id===\3\)return \2;if\(\2\.children\)for\(let (\w+) of \2\.children\)"
    rb"\{let \2=\1\(\4,\3\);if\(\2\)return \2\}return null\}"
)
QUICK_FIND = rb"""function \1(root,id){
const ways=\1.ways??=new Map,none=\1.none??=new Set;
let node=root;
for(const place of ways.get(id)??[-1])node=node?.children?.[place];
if(node?.id===id)return node;
if(none.has(id))return null;
const walk=(node,way)=>{
ways.set(node.id,way);
let found=node.id===id?node:null;
node.children?.forEach((child,place)=>{found=walk(child,[...way,place])??found});
return found};
node=walk(root,[]);
if(!node&&!none.size)setTimeout(()=>none.clear());
if(!node)none.add(id);
return node}"""

EVENTS = re.compile(
    rb"find_attached_events\((\w+),(\w+)\)\{let (\w+)=\2\.filter\((\w)=>\4\.targets\.find\(\(\[\4\]\)=>\4===\1\.id\)\)"
    rb"\.map\(\4=>\{let \3=\4\.targets\.find\(\(\[\4\]\)=>\4===\1\.id\);return \3\?\3\[1\]:null\}\)\.filter\(Boolean\);"
)
QUICK_EVENTS = rb"""find_attached_events(\1,\2){
let by=(this.constructor.events??=new WeakMap).get(\2);
if(by?.count!==\2.length){by=new Map;by.count=\2.length;this.constructor.events.set(\2,by);
for(const{targets}of \2){const seen=new Set;
for(const[id,event]of targets)if(!seen.has(id)){
seen.add(id);by.has(id)||by.set(id,[]);if(event)by.get(id).push(event)}}}
let \3=[...by.get(\1.id)??[]];"""


def quicker(path: str, script: bytes) -> bytes:
    """The script under `path` of Gradio's page, with the quick ways in where the slow ones were."""
    if not path.startswith("/assets/core-"):
        return script
    return EVENTS.sub(QUICK_EVENTS, FIND.sub(QUICK_FIND, script))

// The neighbourhood of one asset, drawn by Cytoscape from the JSON in the page; colours are the sheet's.
document.addEventListener('DOMContentLoaded', async () => {
  const box = document.getElementById('graph')
  if (!box || !window.cytoscape) return
  const told = JSON.parse(document.getElementById(box.dataset.nodes).textContent)
  // Labels are measured once, so the slices of the font they need must be there first.
  await document.fonts.load('12px "Noto Sans TC"', told.nodes.map((node) => node.label).join(''))
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
  const ink = colour('--ink')
  const crowded = told.nodes.length > 30
  const elements = [
    ...told.nodes.map((node) => ({ data: { ...node, text: node.far > 1 && told.nodes.length > 70 ? '' : node.label } })),
    ...told.edges.map((edge) => ({ data: edge }))
  ]
  const shapes = { host: 'rectangle', system: 'round-rectangle', service: 'hexagon', supplier: 'diamond', account: 'ellipse', site: 'pentagon', zone: 'octagon', institution: 'star' }
  const graph = window.cytoscape({
    container: box,
    elements,
    minZoom: 0.3,
    maxZoom: 2.5,
    layout: { name: 'concentric', concentric: (node) => 3 - node.data('far'), levelWidth: () => 1, minNodeSpacing: crowded ? 26 : 54, transform: (node, at) => ({ x: at.x * 1.9, y: at.y }), animate: false, padding: 16 },
    style: [
      { selector: 'node', style: { label: 'data(text)', 'font-family': 'Noto Sans TC, sans-serif', 'font-size': crowded ? 17 : 13, color: ink, 'text-valign': 'bottom', 'text-margin-y': 4, 'text-wrap': 'ellipsis', 'text-max-width': crowded ? 130 : 150, width: 18, height: 18, 'background-color': colour('--card'), 'border-width': 2, 'border-color': colour('--soft'), shape: (node) => shapes[node.data('kind')] || 'ellipse' } },
      { selector: 'node[far = 0]', style: { 'background-color': colour('--solid'), 'border-color': colour('--solid'), width: 28, height: 28, 'font-weight': 'bold' } },
      { selector: 'edge', style: { width: 1, 'line-color': colour('--hatch'), 'target-arrow-color': colour('--hatch'), 'target-arrow-shape': 'triangle', 'arrow-scale': 0.7, 'curve-style': 'bezier', label: crowded ? '' : 'data(label)', 'font-family': 'Noto Sans TC, sans-serif', 'font-size': 10, color: colour('--soft'), 'text-background-color': colour('--card'), 'text-background-opacity': 1, 'text-background-padding': 2 } }
    ]
  })
  graph.on('tap', 'node', (event) => {
    if (event.target.data('far') > 0) window.location.assign(event.target.data('url'))
  })
  box.panshiGraph = graph
})
